package io.portero.stage;

import java.util.Optional;

/** Describes events of a staged policy, for log, audit trail and history. */
public final class StageInWords {
    private StageInWords() {}

    /** Nothing for an event that is of no interest. */
    public static Optional<String> of(StageNews news) {
        var file = news.staged().file();
        return switch (news) {
            case StageNews.Began began ->
                Optional.of(file + " is staged until " + began.staged().until()
                        + ": it is tried on live traffic without being enforced");
            case StageNews.Renewed renewed -> Optional.empty();
            case StageNews.Ended ended -> Optional.of(file + " is not staged any more: " + ended.why());
            case StageNews.Failing failing ->
                Optional.of(file + " is staged, but is not being tried at present: "
                        + failing.staged().problem().orElse(""));
            case StageNews.Recovered recovered -> Optional.of(file + " is staged and is tried on live traffic again");
        };
    }
}
