package io.portero.plan;

import io.portero.policy.Ip;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** A change of the members of one set with timeouts. */
public sealed interface TimedChange extends Statement {
    String set();

    int size();

    /** A part of the members by index, to find the refused one. */
    TimedChange part(int from, int to);

    /** The changes that fill these empty sets; {@code members} returns the members by set name. */
    static List<TimedChange> puts(Collection<String> sets, Function<String, List<TimedMember>> members) {
        return sets.stream()
                .sorted()
                .<TimedChange>map(set -> new Put(set, members.apply(set), true))
                .filter(put -> put.size() > 0)
                .toList();
    }

    /**
     * Adds members; present ones get the new timeout and note.
     *
     * @param areNew whether all of them are absent, so that one command per member is enough instead of three; a
     * present member then stays unchanged
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
     * Replaces all members of a set. Used for sets of networks: a new member must not overlap another one, and nobody
     * knows which members have expired by the time nft runs.
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

    /** Removes addresses, whether or not they are present. */
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
