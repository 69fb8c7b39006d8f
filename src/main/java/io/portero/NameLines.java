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
                        name + " (" + String.join(", ", changed.places()) + ")"
                                + " stands for other addresses" + some("now also", changed.gained())
                                + some("no more", changed.lost()));
            case NameNews.Failing failing ->
                LOG.log(
                        Level.WARNING,
                        name + " cannot be resolved (" + failing.why() + "); "
                                + (failing.kept().isEmpty()
                                        ? "nobody is meant by it until it can"
                                        : "the last good answer stays in force:" + some("", failing.kept())));
            case NameNews.Recovered recovered -> LOG.log(Level.INFO, name + " can be resolved again");
            case NameNews.Stale stale ->
                LOG.log(
                        Level.WARNING,
                        name + " could not be resolved for " + LogListener.text(stale.age())
                                + "; its last good answer stays in force:" + some("", stale.kept())
                                + "; mend DNS, or write its addresses into the policy");
            case NameNews.Ignored ignored ->
                LOG.log(
                        Level.WARNING,
                        name + " stands for addresses that nobody on the network can be, which are ignored:"
                                + some("", ignored.ignored()) + "; is that name server to be trusted?");
        }
    }

    private static String some(String clause, AddressSet addresses) {
        if (addresses.isEmpty()) {
            return "";
        }
        return (clause.isEmpty() ? " " : ", " + clause + " ") + FirstFew.of(addresses.ranges(), ADDRESSES_SHOWN);
    }
}
