package io.portero.doctor;

/** What a finding is about, in the order in which they are told. */
public enum Topic {
    CALLS("Calls"),
    FIREWALL("Firewall"),
    KERNEL("Kernel"),
    HOST("Host");

    private final String title;

    Topic(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
