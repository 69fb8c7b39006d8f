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

/** An event of a pass, for the listeners. */
public sealed interface Event {

    /** The file was read and may be put in force; {@code warnings} may be empty. */
    record PolicyAccepted(Trigger trigger, AgentSettings settings, List<Problem> warnings) implements Event {}

    /** The file is not put in force; the policy in force stays. */
    record PolicyRefused(Trigger trigger, List<Problem> problems) implements Event {}

    /** The consequences of putting it in force, a sentence for each. */
    record CostForeseen(List<String> sentences) implements Event {
        public CostForeseen {
            sentences = List.copyOf(sentences);
        }
    }

    /** The agent has tried to put a policy in force. */
    record ApplyEnded(
            Trigger trigger, Origin origin, Outcome outcome, String digestBefore, String digestAfter, Duration took)
            implements Event {}

    /**
     * The applied policy must be confirmed within this time.
     *
     * @param tunnels the tunnels that it may close, if that is the reason
     */
    record ProbationBegan(Duration within, Confirm confirm, SortedSet<String> tunnels) implements Event {}

    /** The policy was confirmed or not. */
    record ProbationEnded(Probation.End end) implements Event {}

    /** There was no policy to enforce, and our existing table, which protects the host, was left unchanged. */
    record TableKept() implements Event {}

    /** State that should survive a restart could not be written. */
    record NotKept(String why) implements Event {}

    /** Members of sets with timeouts, such as bans, are not in force; the table and everything else is. */
    record LeftOut(String why) implements Event {}

    /** A check found the kernel as it should be. */
    record FoundInSync() implements Event {}

    /** The kernel has changed, and is about to be repaired. */
    record DriftFound() implements Event {}

    /**
     * The kernel had changed, and the agent has tried to repair it.
     *
     * @param stood the time from the report of the change to the end of the repair; empty if a check found it
     * @param inContention whether it is part of contention
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

    /** The program has not changed our table for a while. */
    record ContentionEnded(String program, int repairs) implements Event {}

    /** Flows that this host started to addresses that have lost access are cut, or pass again. */
    record FlowsCut(List<Ip> cut, List<Ip> returned) implements Event {
        public FlowsCut {
            cut = List.copyOf(cut);
            returned = List.copyOf(returned);
        }
    }

    /** The number of draining flows of these services; new flows are refused. */
    record Draining(Map<String, Integer> flows) implements Event {
        public Draining {
            flows = Map.copyOf(flows);
        }
    }

    /**
     * Bans were made, lifted or restored; {@code all} are those in force. Changes by a command are not events of this
     * kind.
     */
    record BansChanged(BanChanges changes, List<Ban> all) implements Event {
        public BansChanged {
            all = List.copyOf(all);
        }
    }

    /**
     * Guests were added, have left or were restored; {@code all} are those in force. Changes by a command are not
     * events of this kind.
     */
    record GuestsChanged(GuestChanges changes, List<Guest> all) implements Event {
        public GuestsChanged {
            all = List.copyOf(all);
        }
    }

    /** Members of groups have expired and left the policy in force. */
    record MembersLeft(List<Member> members) implements Event {
        public MembersLeft {
            members = List.copyOf(members);
        }

        /** @param places the groups that contained it */
        public record Member(Temporary member, SortedSet<String> places) {
            @Override
            public String toString() {
                return member + " from " + String.join(", ", places);
            }
        }
    }

    /** News about a name in the policy; a change is put in force after this event. */
    record NameHeard(NameNews news) implements Event {}

    /** News about a web list; a change is put in force after this event. */
    record ListHeard(ListNews news) implements Event {}

    /** News about the staged policy. */
    record StageChanged(StageNews news) implements Event {}

    /** The uplinks of this host have changed, or whether the policy in force trusts them by accident. */
    record UplinksSeen(List<Uplink> uplinks) implements Event {
        public UplinksSeen {
            uplinks = List.copyOf(uplinks);
        }

        public List<Uplink> trusted() {
            return uplinks.stream().filter(Uplink::isTrusted).toList();
        }
    }

    /** The kernel could not be read. */
    record LookFailed(Failure failure) implements Event {}
}
