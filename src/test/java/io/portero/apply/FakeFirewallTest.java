package io.portero.apply;

class FakeFirewallTest implements FirewallContract {
    private final Firewall firewall = new FakeFirewall();

    @Override
    public Firewall firewall() {
        return firewall;
    }
}
