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
 * @param forgiving whether an unreadable list is a warning and its last content is used
 * @param lists the last good content of lists
 * @param names the known addresses of names
 * @param urls the content of lists on the web that were fetched at least once
 * @param host the host to compare the policy with; unknown if the policy is for another host, or was in force before
 */
public record Outside(
        boolean forgiving,
        Map<ListFile, AddressSet> lists,
        Names names,
        Map<UrlList, AddressSet> urls,
        Surroundings host) {
    /** Nothing is known; a list that cannot be read is an error. */
    public static final Outside UNKNOWN = strict(wanted -> Map.of());

    public Outside {
        lists = Map.copyOf(lists);
        urls = Map.copyOf(urls);
    }

    /** The port for the known addresses of names. */
    @FunctionalInterface
    public interface Names {
        /** Omits names without known addresses. */
        Map<HostName, AddressSet> addresses(Set<HostName> wanted);
    }

    /** A list that cannot be read is an error. */
    public static Outside strict(Names names) {
        return new Outside(false, Map.of(), names, Map.of(), Surroundings.UNKNOWN);
    }

    /** Uses these lists if their files cannot be read. */
    public static Outside keeping(Map<ListFile, AddressSet> lists, Names names) {
        return new Outside(true, lists, names, Map.of(), Surroundings.UNKNOWN);
    }

    /** The same with the known content of lists on the web. */
    public Outside knowing(Map<UrlList, AddressSet> fetched) {
        return new Outside(forgiving, lists, names, fetched, host);
    }

    /** The known addresses of all these names and lists. */
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

    /** The same for a policy that will be applied on this host. */
    public Outside at(Surroundings thisHost) {
        return new Outside(forgiving, lists, names, urls, thisHost);
    }
}
