package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import java.util.Map;
import java.util.Set;

/**
 * What is known of that which a policy refers to, besides what it finds itself.
 *
 * @param forgiving whether a list that cannot be read is a warning, and what it last held is used instead
 * @param lists what lists last held that was good
 * @param names what names stand for, as far as that is known
 */
public record Outside(boolean forgiving, Map<ListFile, AddressSet> lists, Names names) {
    /** Nothing; whatever cannot be read is an error. */
    public static final Outside UNKNOWN = strict(wanted -> Map.of());

    public Outside {
        lists = Map.copyOf(lists);
    }

    /** The port to whoever knows what names stand for. */
    @FunctionalInterface
    public interface Names {
        /** Those of which nothing is known are left out. */
        Map<HostName, AddressSet> addresses(Set<HostName> wanted);
    }

    /** A list that cannot be read is an error. */
    public static Outside strict(Names names) {
        return new Outside(false, Map.of(), names);
    }

    /** These lists, for when their files cannot be read. */
    public static Outside keeping(Map<ListFile, AddressSet> lists, Names names) {
        return new Outside(true, lists, names);
    }
}
