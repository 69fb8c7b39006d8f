package io.portero.events;

import io.portero.apply.Failure;
import io.portero.apply.Outcome;
import io.portero.bans.Ban;
import io.portero.bans.BanChanges;
import io.portero.config.AgentSettings;
import io.portero.drift.Attribution;
import io.portero.guests.Guest;
import io.portero.guests.GuestChanges;
import io.portero.lists.ListNews;
import io.portero.names.NameNews;
import io.portero.policy.Confirm;
import io.portero.policy.Ip;
import io.portero.policy.Problem;
import io.portero.policy.Reference.Temporary;
import io.portero.policy.Uplink;
import io.portero.safety.Probation;
import io.portero.stage.StageNews;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** What happened in a pass, for those who tell of it. */
public sealed interface Event {

    /** The file was read and may be put in force; {@code warnings} may be empty. */
    record PolicyAccepted(Trigger trigger, AgentSettings settings, List<Problem> warnings) implements Event {}

    /** The file is not put in force; what was in force stays in force. */
    record PolicyRefused(Trigger trigger, List<Problem> problems) implements Event {}

    /** What putting it in force will cost, a sentence for each. */
    record CostForeseen(List<String> sentences) implements Event {
        public CostForeseen {
            sentences = List.copyOf(sentences);
        }
    }

    /** A policy was to be put in force. */
    record ApplyEnded(
            Trigger trigger, Origin origin, Outcome outcome, String digestBefore, String digestAfter, Duration took)
            implements Event {}

    /** What was applied must be confirmed within that time. */
    record ProbationBegan(Duration within, Confirm confirm) implements Event {}

    /** It was, or it was not. */
    record ProbationEnded(Probation.End end) implements Event {}

    /** There was no policy to enforce, and a table of ours that protects the host was left as it is. */
    record TableKept() implements Event {}

    /** What should survive a restart could not be written. */
    record NotKept(String why) implements Event {}

    /** Members of sets with timeouts, such as bans, are not in force; the table and everything else is. */
    record LeftOut(String why) implements Event {}

    /** The kernel was looked at and held what it should. */
    record FoundInSync() implements Event {}

    /** The kernel holds something else, and is about to be put right. */
    record DriftFound() implements Event {}

    /**
     * The kernel held something else, and was to be put right.
     *
     * @param stood from when the change was told of to the end of the repair; none when it was found by looking
     * @param inContention whether it is one of many in contention
     */
    record DriftRepaired(
            List<Attribution.Attributed> drifts,
            List<String> changes,
            Outcome outcome,
            Optional<Duration> stood,
            Duration took,
            boolean inContention)
            implements Event {
        public DriftRepaired {
            drifts = List.copyOf(drifts);
            changes = List.copyOf(changes);
        }
    }

    /** A program changes our table again and again; from now on repairs are slowed down. */
    record ContentionBegan(String program, int repairs) implements Event {}

    /** It has left our table alone for a while. */
    record ContentionEnded(String program, int repairs) implements Event {}

    /** Flows that this host started towards addresses that have lost access are cut; others were and pass again. */
    record FlowsCut(List<Ip> cut, List<Ip> returned) implements Event {
        public FlowsCut {
            cut = List.copyOf(cut);
            returned = List.copyOf(returned);
        }
    }

    /** So many flows of these services go on to their end though new ones are refused. */
    record Draining(Map<String, Integer> flows) implements Event {
        public Draining {
            flows = Map.copyOf(flows);
        }
    }

    /** Bans were made, lifted or put back; {@code all} are those in force. What a command did is not told as a change. */
    record BansChanged(BanChanges changes, List<Ban> all) implements Event {
        public BansChanged {
            all = List.copyOf(all);
        }
    }

    /** Guests were let in, have left or were put back; {@code all} are those in force. What a command did is not told as a change. */
    record GuestsChanged(GuestChanges changes, List<Guest> all) implements Event {
        public GuestsChanged {
            all = List.copyOf(all);
        }
    }

    /** The time of members of groups was over, and they have left the policy in force. */
    record MembersLeft(List<Member> members) implements Event {
        public MembersLeft {
            members = List.copyOf(members);
        }

        /** @param places the groups that it has left */
        public record Member(Temporary member, SortedSet<String> places) {
            @Override
            public String toString() {
                return member + " from " + String.join(", ", places);
            }
        }
    }

    /** Something is new about a name that the policy refers to; if it is a change, it is put in force after this. */
    record NameHeard(NameNews news) implements Event {}

    /** Something is new about a list on the web; if it is a change, it is put in force after this. */
    record ListHeard(ListNews news) implements Event {}

    /** Something is new about the staged policy. */
    record StageChanged(StageNews news) implements Event {}

    /** The uplinks of this host have changed, or whether the policy in force trusts them without being told to. */
    record UplinksSeen(List<Uplink> uplinks) implements Event {
        public UplinksSeen {
            uplinks = List.copyOf(uplinks);
        }

        public List<Uplink> trusted() {
            return uplinks.stream().filter(Uplink::isTrusted).toList();
        }
    }

    /** The kernel could not be looked at. */
    record LookFailed(Failure failure) implements Event {}
}
