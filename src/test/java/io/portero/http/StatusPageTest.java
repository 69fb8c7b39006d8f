package io.portero.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The HTML of the page in each state, as the framework renders it; {@link PageIT} checks it in a browser. */
@QuarkusTest
class StatusPageTest {
    private static final Pattern ELEMENT = Pattern.compile("<(/?)([a-z0-9]+)[^>]*?(/?)>");
    private static final Set<String> VOID = Set.of("meta", "link", "br");

    private static String page(PageState state) {
        return new StatusPage(state.view()).render();
    }

    @ParameterizedTest
    @EnumSource
    void everyStateHasTheSameSkeleton(PageState state) {
        var html = page(state);
        assertThat(all("<(header|main|footer)\\b", html)).containsExactly("header", "main", "footer");
        assertThat(all("<h([1-6])", html))
                .startsWith("1")
                .filteredOn("1"::equals)
                .hasSize(1);
        assertThat(all("<h([1-6])", html)).containsOnly("1", "2");
        assertThat(html)
                .startsWith("<!doctype html>\n<html lang=\"en\" data-build=\"" + PageFile.BUILD + "\">")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>")
                .containsPattern("<title>[^<]+ · Portero on vps-7</title>");
        assertThat(all("\\bid=\"([^\"]+)\"", html)).doesNotHaveDuplicates();
        assertThat(all("<th\\b([^>]*)>", html)).allMatch(attributes -> attributes.contains("scope="));
    }

    @ParameterizedTest
    @EnumSource
    void everyStateIsWellFormedAndHasNothingInline(PageState state) {
        var html = page(state);
        var open = new ArrayList<String>();
        ELEMENT.matcher(html).results().forEach(element -> {
            var name = element.group(2);
            if (!element.group(1).isEmpty()) {
                assertThat(open).as("</" + name + "> at " + element.start()).endsWith(name);
                open.removeLast();
            } else if (element.group(3).isEmpty() && !VOID.contains(name)) {
                open.add(name);
            }
        });
        assertThat(open).isEmpty();
        assertThat(all("<script\\b([^>]*)>", html)).containsExactly(" src=\"page.js?" + PageFile.BUILD + "\" defer");
        assertThat(html).doesNotContain("<style", "style=\"", "http://", "https://", "javascript:", "NOT_FOUND");
        assertThat(all("\\s(on[a-z]+)=", html)).isEmpty();
    }

    /** Each headline and notice in the code appears in at least one of the states. */
    @Test
    void theStatesShowEveryHeadlineAndNotice() {
        var headlines = new HashSet<String>();
        var notices = new HashSet<String>();
        for (var state : PageState.values()) {
            headlines.add(state.view().headline());
            state.view().notices().forEach(n -> notices.add(n.title().replaceAll("[0-9]+", "N")));
        }
        assertThat(headlines)
                .containsExactlyInAnyOrder(
                        "In sync",
                        "In sync, policy on probation",
                        "In sync, but not with the file on disk",
                        "In sync, but another program keeps changing the table",
                        "In sync, observing only",
                        "In sync with the last confirmed policy",
                        "In sync, closed except for SSH",
                        "In sync, but an interface is not filtered",
                        "Not in sync",
                        "No policy is in force yet");
        assertThat(notices)
                .containsExactlyInAnyOrder(
                        "The rules could not be put in place",
                        "Another program keeps changing the table",
                        "Nothing that comes in over br-wan is filtered",
                        "On probation: N seconds left",
                        "Guests with access for a limited time, in addition to the policy: N",
                        "The file on disk is refused",
                        "The file on disk has warnings",
                        "Mode is observe",
                        "Changes by other programs are seen late",
                        "The audit trail has gaps");
    }

    private static List<String> all(String pattern, String html) {
        return Pattern.compile(pattern)
                .matcher(html)
                .results()
                .map((MatchResult r) -> r.group(1))
                .toList();
    }

    @Test
    void showsThatTheHostIsInSync() {
        assertThat(page(PageState.IN_SYNC_ALL_WELL))
                .contains("Busiest sources of the last hour", "198.51.100.23", "48.2 k", "31 min ago")
                .contains("<h1>In sync</h1>", "banner good", "Portero on <strong>vps-7</strong>")
                .contains("The kernel has held what the policy says since ", "(3 min ago).")
                .contains(
                        "2400<br>",
                        "98.8 M in total",
                        "31<br>",
                        "title=\"itsp: some can\"",
                        "from some of itsp<",
                        "title=\"anybody: cannot\"")
                .contains("rollback</span> not confirmed in time", "source not admitted")
                .doesNotContain("<section class=\"notice");
    }

    @Test
    void drawsACurveForEachCounterWithPackets() {
        var html = page(PageState.IN_SYNC_ALL_WELL);
        assertThat(all("<svg class=\"curve (good|bad)\"", html)).containsExactly("good", "good", "good", "bad");
        assertThat(all("<svg[^>]*role=\"img\"><title>([^<]+)</title><path d=\"M[0-9 MHV]+\"/>", html))
                .hasSize(4)
                .allMatch(words -> words.matches("At most [0-9.]+ packets a second in the last 10 minutes"));
    }

    @Test
    void showsAProbation() {
        assertThat(page(PageState.PROBATION))
                .contains("banner warn", "In sync, policy on probation")
                .containsPattern("On probation: 9[0-9] seconds left");
    }

    @Test
    void showsARefusedFile() {
        assertThat(page(PageState.REFUSED))
                .contains("The file on disk is refused", "banner warn")
                .contains("/etc/portero/portero.yaml:9: services.sip.from: &quot;itps&quot; is neither")
                .contains("portero.yaml:3: warning: groups.itsp: ");
    }

    @Test
    void showsDriftAndContention() {
        assertThat(page(PageState.CONTENTION))
                .contains(
                        "banner bad",
                        "In sync, but another program keeps changing the table",
                        "firewalld changes table inet portero")
                .contains("chain service_sip was deleted by firewalld, pid 4711; it stood for 7 ms")
                .contains("chain service_sip was deleted by unknown<");
    }

    @Test
    void showsModeObserve() {
        assertThat(page(PageState.OBSERVING))
                .contains(
                        "In sync, observing only",
                        "Mode is observe",
                        "192.0.2.130 and 1 more",
                        "Would drop",
                        "Packets that would be dropped",
                        "Busiest sources of the last day",
                        "22/tcp</span> ssh",
                        "no service");
    }

    @Test
    void showsThatTheHostIsNotInSync() {
        assertThat(page(PageState.NOT_IN_SYNC))
                .contains("<h1>Not in sync</h1>", "banner bad", "nft is not installed; apt-get install nftables")
                .contains("The kernel has not held what the policy says since ")
                .contains("the last confirmed one; /etc/portero/portero.yaml is not in force");
    }

    @Test
    void showsThatThePolicyFileIsNotInForce() {
        assertThat(page(PageState.LAST_GOOD)).contains("banner warn", "In sync with the last confirmed policy");
        assertThat(page(PageState.FALLBACK))
                .contains(
                        "banner bad", "the fallback, closed except for SSH; /etc/portero/portero.yaml is not in force");
    }

    @Test
    void showsAHostWithoutAPolicy() {
        assertThat(page(PageState.EMPTY))
                .contains("No policy is in force yet", "so there are no services", "(just now)");
    }

    @Test
    void showsNamesAndRemarks() {
        assertThat(page(PageState.NAMES_AND_REMARKS))
                .contains("sip.carrier.example", "answered 41 s ago", "answered 25 h ago, stale: SERVFAIL")
                .contains("none.carrier.example", "no answer yet", "services.sip.from")
                .contains("firewalld runs and filters as well");
    }

    @Test
    void showsGuestsBansAndProblems() {
        assertThat(page(PageState.GUESTS_BANS_AND_TROUBLE))
                .contains("192.0.2.7 to sip by hand (contractor), until 2026-01-01 01:00:00 UTC")
                .contains("<dt>Banned</dt><dd>12.3 k</dd>")
                .contains("br-wan is trusted by the pattern", "4 lines could not be written. Check the disk.");
    }

    @Test
    void staysBoundedUnderAHugePolicy() {
        var html = page(PageState.HUGE);
        assertThat(html).contains("292 more groups", "801 more services", "and 28 more");
        assertThat(html.length()).isLessThan(500_000);
    }

    @Test
    void escapesTextOfOthers() {
        assertThat(page(PageState.HOSTILE))
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;")
                .doesNotContain("<script>");
    }
}
