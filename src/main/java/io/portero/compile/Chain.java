package io.portero.compile;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A chain of rules; the one with a hook is where packets come in. */
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

    /** The chain where it is there already and only filled. */
    public Chain withoutHook() {
        return of(name, rules);
    }

    /** Where in the kernel's path a base chain stands; {@code priority} is relative to destination NAT at -100. */
    public record Hook(String type, String hook, int priority, String policy) {
        /** After connection tracking (-200), before destination NAT (-100): a published port is seen as it was dialled. */
        public static final Hook CHOKE_POINT = new Hook("filter", "prerouting", -110, "accept");

        /** What the kernel delivers to this host, before the filters of others. */
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
