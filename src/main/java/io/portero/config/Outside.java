package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import io.portero.policy.Reference.UrlList;
import io.portero.policy.Surroundings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The known content of names and lists to which a policy refers, and the host.
 *
 * @param forgiving whether a list that cannot be read is a warning, and what it last held is used instead
 * @param lists what lists last held that was good
 * @param names what names stand for, as far as that is known
 * @param urls what lists on the web hold, as far as they were ever fetched
 * @param host the host that the policy is held against; unknown where it is for another, or has been in force before
 */
public record Outside(
        boolean forgiving,
        Map<ListFile, AddressSet> lists,
        Names names,
        Map<UrlList, AddressSet> urls,
        Surroundings host) {
    /** Nothing; whatever cannot be read is an error. */
    public static final Outside UNKNOWN = strict(wanted -> Map.of());

    public Outside {
        lists = Map.copyOf(lists);
        urls = Map.copyOf(urls);
    }

    /** The port to whoever knows what names stand for. */
    @FunctionalInterface
    public interface Names {
        /** Those of which nothing is known are left out. */
        Map<HostName, AddressSet> addresses(Set<HostName> wanted);
    }

    /** A list that cannot be read is an error. */
    public static Outside strict(Names names) {
        return new Outside(false, Map.of(), names, Map.of(), Surroundings.UNKNOWN);
    }

    /** These lists, for when their files cannot be read. */
    public static Outside keeping(Map<ListFile, AddressSet> lists, Names names) {
        return new Outside(true, lists, names, Map.of(), Surroundings.UNKNOWN);
    }

    /** The same with what is known of lists on the web. */
    public Outside knowing(Map<UrlList, AddressSet> fetched) {
        return new Outside(forgiving, lists, names, fetched, host);
    }

    /** What all of these stand for; those of which nothing is known are left out. */
    Map<Reference, AddressSet> addresses(Set<HostName> hostNames) {
        var all = new HashMap<Reference, AddressSet>(urls);
        if (!hostNames.isEmpty()) {
            all.putAll(names.addresses(hostNames));
        }
        return all;
    }

    Unanswered unanswered() {
        return new Unanswered(urls.keySet());
    }

    /** The same for a policy that is to be put in force on this host. */
    public Outside at(Surroundings thisHost) {
        return new Outside(forgiving, lists, names, urls, thisHost);
    }
}
