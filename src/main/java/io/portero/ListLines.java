package io.portero;

import io.portero.lists.ListNews;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Logs what happens to lists on the web. */
final class ListLines {
    private static final System.Logger LOG = System.getLogger("portero");

    private ListLines() {}

    static void log(ListNews news) {
        var list = news.list();
        switch (news) {
            case ListNews.Changed changed ->
                LOG.log(
                        Level.INFO,
                        list + " (" + String.join(", ", changed.places()) + ") has changed: " + changed.gained()
                                + " more, " + changed.lost() + " fewer, entries in total: " + changed.entries());
            case ListNews.Failing failing ->
                LOG.log(
                        Level.WARNING,
                        list + " cannot be fetched: " + failing.why() + "; "
                                + (failing.known()
                                        ? "its last good version stays in force, entries: " + failing.kept()
                                        : "until then it matches no address"));
            case ListNews.Recovered recovered -> LOG.log(Level.INFO, list + " can be fetched again");
            case ListNews.Stale stale ->
                LOG.log(
                        Level.WARNING,
                        list + " could not be fetched for " + hours(stale.age()) + "; its last good version"
                                + " stays in force, entries: " + stale.kept() + "; portero lists says why");
            case ListNews.HeldBack held ->
                LOG.log(
                        Level.WARNING,
                        list + " is held back: " + held.why() + "; its last"
                                + " good version stays in force, entries: "
                                + held.kept());
        }
    }

    private static String hours(Duration age) {
        return age.toHours() + " hours";
    }
}
