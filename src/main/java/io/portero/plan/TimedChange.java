package io.portero.plan;

import io.portero.policy.Ip;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** A change of the members of one set with timeouts. */
public sealed interface TimedChange extends Statement {
    String set();

    int size();

    /** The members from one index up to another, for who looks for the one that is refused. */
    TimedChange part(int from, int to);

    /** What fills these sets; {@code members} is asked by their names. */
    static List<TimedChange> puts(Collection<String> sets, Function<String, List<TimedMember>> members) {
        return sets.stream()
                .sorted()
                .<TimedChange>map(set -> new Put(set, members.apply(set)))
                .filter(put -> put.size() > 0)
                .toList();
    }

    /** Puts members in; those that are there already get what is said here. */
    record Put(String set, List<TimedMember> members) implements TimedChange {
        public Put {
            members = List.copyOf(members);
        }

        @Override
        public int size() {
            return members.size();
        }

        @Override
        public Put part(int from, int to) {
            return new Put(set, members.subList(from, to));
        }
    }

    /**
     * Makes these all that a set holds. So change sets of networks, where a member that is added must not overlap another one and
     * where nobody knows which are over by the time nft runs.
     */
    record Refill(String set, List<TimedMember> members) implements TimedChange {
        public Refill {
            members = List.copyOf(members);
        }

        @Override
        public int size() {
            return members.size();
        }

        @Override
        public Refill part(int from, int to) {
            return new Refill(set, members.subList(from, to));
        }
    }

    /** Takes addresses out, whether or not they are there. */
    record Take(String set, List<Ip> addresses) implements TimedChange {
        public Take {
            addresses = List.copyOf(addresses);
        }

        @Override
        public int size() {
            return addresses.size();
        }

        @Override
        public Take part(int from, int to) {
            return new Take(set, addresses.subList(from, to));
        }
    }
}
