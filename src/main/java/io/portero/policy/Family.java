package io.portero.policy;

/** The two address families; {@link #suffix} is how names in the kernel tell them apart. */
public enum Family {
    V4(32, "v4"),
    V6(128, "v6");

    private final int bits;
    private final String suffix;

    Family(int bits, String suffix) {
        this.bits = bits;
        this.suffix = suffix;
    }

    public int bits() {
        return bits;
    }

    public String suffix() {
        return suffix;
    }
}
