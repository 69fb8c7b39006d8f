package io.portero;

import io.portero.names.NameNews;
import io.portero.policy.AddressSet;
import io.portero.policy.FirstFew;
import java.lang.System.Logger.Level;

/** Logs what happens to host names. */
final class NameLines {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final int ADDRESSES_SHOWN = 8;

    private NameLines() {}

    static void log(NameNews news) {
        var name = news.name();
        switch (news) {
            case NameNews.Changed changed ->
                LOG.log(
                        Level.INFO,
                        name + " (" + String.join(", ", changed.places()) + ") has other"
                                + " addresses" + some("new", changed.gained())
                                + some("gone", changed.lost()));
            case NameNews.Failing failing ->
                LOG.log(
                        Level.WARNING,
                        name + " cannot be resolved (" + failing.why() + "); "
                                + (failing.kept().isEmpty()
                                        ? "until then it matches no address"
                                        : "the last good answer stays in force:" + some("", failing.kept())));
            case NameNews.Recovered recovered -> LOG.log(Level.INFO, name + " can be resolved again");
            case NameNews.Rotates rotates ->
                LOG.log(
                        Level.INFO,
                        name + " has only some of its addresses in each answer; an address stays in force until it has"
                                + " been missing for an hour:" + some("", rotates.kept()));
            case NameNews.Stale stale ->
                LOG.log(
                        Level.WARNING,
                        name + " could not be resolved for " + LogListener.text(stale.age())
                                + "; its last good answer stays in force:" + some("", stale.kept())
                                + "; repair DNS, or write its addresses into the policy");
            case NameNews.Ignored ignored ->
                LOG.log(
                        Level.WARNING,
                        name + " has addresses that no host on a network can have; they are ignored:"
                                + some("", ignored.ignored()) + "; check whether you can trust that name server");
        }
    }

    private static String some(String clause, AddressSet addresses) {
        if (addresses.isEmpty()) {
            return "";
        }
        return (clause.isEmpty() ? " " : ", " + clause + " ") + FirstFew.of(addresses.ranges(), ADDRESSES_SHOWN);
    }
}
