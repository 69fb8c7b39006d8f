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

    /** What fills these sets, which are empty; {@code members} is asked by their names. */
    static List<TimedChange> puts(Collection<String> sets, Function<String, List<TimedMember>> members) {
        return sets.stream()
                .sorted()
                .<TimedChange>map(set -> new Put(set, members.apply(set), true))
                .filter(put -> put.size() > 0)
                .toList();
    }

    /**
     * Puts members in; those that are there already get what is said here.
     *
     * @param areNew whether none of them is there, so that one step does for each where it takes three otherwise; what is there
     *     all the same stays as it is
     */
    record Put(String set, List<TimedMember> members, boolean areNew) implements TimedChange {
        public Put {
            members = List.copyOf(members);
        }

        public Put(String set, List<TimedMember> members) {
            this(set, members, false);
        }

        @Override
        public int size() {
            return members.size();
        }

        @Override
        public Put part(int from, int to) {
            return new Put(set, members.subList(from, to), areNew);
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
