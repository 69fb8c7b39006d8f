package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import java.util.Map;

/**
 * What is known of that which a policy refers to, besides what it finds itself.
 *
 * @param forgiving whether a list that cannot be read is a warning, and what it last held is used instead
 * @param lists what lists last held that was good
 */
public record Outside(boolean forgiving, Map<ListFile, AddressSet> lists) {
    /** Nothing; whatever cannot be read is an error. */
    public static final Outside UNKNOWN = new Outside(false, Map.of());

    public Outside {
        lists = Map.copyOf(lists);
    }

    /** These lists, for when their files cannot be read. */
    public static Outside keeping(Map<ListFile, AddressSet> lists) {
        return new Outside(true, lists);
    }
}
