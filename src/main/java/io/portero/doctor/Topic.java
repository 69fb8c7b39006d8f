package io.portero.doctor;

/** The subject of a finding, in the order of the report. */
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
