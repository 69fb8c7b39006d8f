package io.portero.control;

import io.portero.control.Request.Answer;
import io.portero.lists.ListState;
import io.portero.lists.UrlLists;
import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Accepts the new content of a list that was held back; the lockout guard still checks it. */
public final class ListDesk implements ControlSocket.Desk {
    public static final String ACCEPT = "accept-list";
    public static final String NAME = "list";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofMillis(20);

    private final UrlLists lists;
    private final Runnable told;

    /** @param told triggers a pass that uses the accepted content */
    public ListDesk(UrlLists lists, Runnable told) {
        this.lists = lists;
        this.told = told;
    }

    @Override
    public Answer answer(Request request) throws InterruptedException {
        var accepted = lists.accept(request.words().getOrDefault(NAME, ""));
        if (accepted.isEmpty()) {
            return new Answer(false, "no list of that name is held back; portero lists shows which are");
        }
        told.run();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (accepted.stream().anyMatch(lists.offers()::containsKey)) {
            if (System.nanoTime() > end) {
                return new Answer(false, "the agent did not handle this within 10 seconds; see its log");
            }
            Thread.sleep(STEP);
        }
        return became(accepted);
    }

    private Answer became(List<UrlList> accepted) {
        var states =
                accepted.stream().map(lists::state).flatMap(Optional::stream).toList();
        var held = states.stream().filter(s -> s.held().isPresent()).findFirst();
        if (held.isPresent()) {
            return new Answer(
                    false,
                    held.get().list() + " stays held back: "
                            + held.get().held().orElseThrow().why());
        }
        return new Answer(true, states.stream().map(ListDesk::text).collect(Collectors.joining("; ")));
    }

    private static String text(ListState state) {
        int entries = state.entries().orElse(0);
        return "accepted: " + state.list() + " has " + entries + (entries == 1 ? " entry" : " entries")
                + " from now on";
    }
}
