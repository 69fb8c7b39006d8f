package io.portero.compile;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A chain of rules; a chain with a hook is a base chain, where packets come in. */
public record Chain(String name, Optional<Hook> hook, List<Rule> rules) {
    public Chain {
        rules = List.copyOf(rules);
    }

    static Chain of(String name, List<Rule> rules) {
        return new Chain(name, Optional.empty(), rules);
    }

    /** The chain before it is filled. */
    public Chain empty() {
        return new Chain(name, hook, List.of());
    }

    /** An existing chain that is only filled. */
    public Chain withoutHook() {
        return of(name, rules);
    }

    /**
     * The hook of a base chain in the kernel's packet path; {@code priority} is relative to destination NAT at -100.
     */
    public record Hook(String type, String hook, int priority, String policy) {
        /** After connection tracking (-200), before destination NAT (-100): a published port is seen as it was dialled. */
        public static final Hook CHOKE_POINT = new Hook("filter", "prerouting", -110, "accept");

        /** Packets that the kernel delivers to this host, before the filters of other programs. */
        static final Hook DELIVERY = new Hook("filter", "input", -10, "accept");

        /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Hook that
                            && type.equals(that.type)
                            && hook.equals(that.hook)
                            && priority == that.priority
                            && policy.equals(that.policy);
        }

        @Override
        public int hashCode() {
            return Objects.hash(type, hook, priority, policy);
        }
    }
}
