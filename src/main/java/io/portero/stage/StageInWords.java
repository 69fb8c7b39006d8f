package io.portero.stage;

import java.util.Optional;

/** Says what happened to a staged policy, for log, trail and history. */
public final class StageInWords {
    private StageInWords() {}

    /** Nothing for what is of no interest to anybody. */
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
