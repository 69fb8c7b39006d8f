package io.portero.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The page in a real browser: each state on a phone and on a desktop, light and dark, and the updates of the page.
 *
 * <p>The pictures are in target/status-page. {@code make page-test} installs axe, which checks the accessibility.
 */
class PageIT {
    private static final Path PICTURES = Path.of("target/status-page");
    private static final Path AXE = Path.of("target/axe/node_modules/axe-core/axe.min.js");
    private static final int[][] SIZES = {{360, 740}, {1280, 900}};

    private static Chromium browser;
    private static PageServer server;

    @BeforeAll
    static void start() throws Exception {
        var program = Chromium.program();
        Assumptions.assumeTrue(program.isPresent(), "no chromium here: apt-get install chromium");
        browser = new Chromium(program.orElseThrow());
        server = new PageServer();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            browser.close();
            server.close();
        }
    }

    @BeforeEach
    void desktop() {
        browser.look(1280, 900, false);
    }

    private static void open(PageState state) {
        server.show(state);
        browser.open(server.url());
    }

    @ParameterizedTest
    @EnumSource
    void everyStateFitsAPhoneAndADesktop(PageState state) throws IOException {
        for (var size : SIZES) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.look(size[0], size[1], dark);
                open(state);
                var name = state.file() + (size[0] < 600 ? "-phone" : "-desktop") + (dark ? "-dark" : "-light");
                browser.screenshot(PICTURES.resolve(name + ".png"));
                assertThat(browser.evaluate("document.documentElement.scrollWidth")
                                .asInt())
                        .as(name + " is no wider than the window")
                        .isLessThanOrEqualTo(size[0]);
                assertThat(browser.evaluate(
                                        "Array.from(document.querySelectorAll('table'),"
                                                + " (t) => t.offsetWidth - t.parentElement.clientWidth).every((over) => over <= 0)")
                                .asBoolean())
                        .as(name + " has no table that must be scrolled")
                        .isTrue();
                assertThat(browser.complaints()).as(name).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyStateIsAccessible(PageState state) throws IOException {
        Assumptions.assumeTrue(Files.exists(AXE), "no axe here: run make page-test");
        var axe = Files.readString(AXE);
        var violations = new ArrayList<String>();
        for (var size : SIZES) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.look(size[0], size[1], dark);
                open(state);
                browser.evaluate(axe + ";0");
                var result = browser.evaluate("""
                        axe.run(document, { resultTypes: ["violations"] }).then((found) => ({
                          passed: found.passes.length,
                          violations: found.violations.flatMap((v) => v.nodes.map((n) =>
                            v.id + ": " + n.target.join(" ") + ": " + n.failureSummary)),
                        }))""");
                assertThat(result.path("passed").asInt()).isGreaterThan(10);
                result.path("violations")
                        .forEach(v -> violations.add(size[0] + (dark ? " dark " : " light ") + v.asText()));
            }
        }
        assertThat(violations).isEmpty();
    }

    @Test
    void axeFindsAViolation() throws IOException {
        Assumptions.assumeTrue(Files.exists(AXE), "no axe here: run make page-test");
        open(PageState.IN_SYNC_ALL_WELL);
        browser.evaluate("document.querySelector('h1').style.color = '#bbb'");
        browser.evaluate(Files.readString(AXE) + ";0");
        assertThat(browser.evaluate("axe.run().then((found) => found.violations.map((v) => v.id).join())")
                        .asText())
                .isEqualTo("color-contrast");
    }

    private static String headline() {
        return browser.evaluate("document.querySelector('h1').textContent").asText();
    }

    private static boolean isHidden(String id) {
        return browser.evaluate("document.getElementById('" + id + "').hidden").asBoolean();
    }

    @Test
    void updatesWithoutReloading() {
        open(PageState.IN_SYNC_ALL_WELL);
        browser.evaluate("window.mark = 1; document.querySelector('footer a').focus(); 0");
        server.show(PageState.CONTENTION);
        await().atMost(30, SECONDS).until(() -> headline().startsWith("In sync, but another program"));
        assertThat(browser.evaluate("window.mark").asInt()).isEqualTo(1);
        assertThat(browser.evaluate("document.activeElement.textContent").asText())
                .isEqualTo("The same as JSON");
        assertThat(browser.evaluate("document.querySelector('.banner').className")
                        .asText())
                .isEqualTo("banner bad");
        assertThat(browser.evaluate("document.title").asText()).startsWith("In sync, but another program");
        assertThat(browser.evaluate("document.getElementById('news').textContent")
                        .asText())
                .as("what a screen reader says")
                .startsWith("In sync, but another program");
        assertThat(browser.complaints()).isEmpty();
    }

    /** After an update, the page is the same as a page that was loaded. */
    @ParameterizedTest
    @EnumSource
    void anUpdateLeavesNothingOfThePreviousState(PageState state) {
        open(state);
        var html =
                "document.body.innerHTML.replace(/<noscript>.*?<\\/noscript>|<time id=.*?<\\/time>|[0-9]+ (s ago|seconds left)/g, '')";
        var wanted = browser.evaluate(html).asText();
        open(state == PageState.HUGE ? PageState.EMPTY : PageState.CONTENTION);
        server.show(state);
        browser.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        await().atMost(30, SECONDS).until(() -> headline().equals(state.view().headline()));
        var news = browser.evaluate("document.getElementById('news').textContent = ''; " + html)
                .asText();
        assertThat(news).isEqualTo(wanted);
    }

    @Test
    void saysThatTheAgentDoesNotAnswerUntilItAnswersAgain() throws Exception {
        open(PageState.IN_SYNC_ALL_WELL);
        assertThat(isHidden("silent")).isTrue();
        server.stop();
        await().atMost(30, SECONDS).until(() -> !isHidden("silent"));
        assertThat(browser.evaluate("document.getElementById('stood').textContent")
                        .asText())
                .matches("[-0-9]+ [:0-9]+ UTC");
        browser.screenshot(PICTURES.resolve("silent-desktop-light.png"));
        server.show(PageState.OBSERVING);
        server.start();
        await().atMost(60, SECONDS).until(() -> isHidden("silent"));
        assertThat(headline()).isEqualTo("In sync, observing only");
    }

    @Test
    void sendsNoRequestsWhileHiddenOrPaused() throws InterruptedException {
        open(PageState.IN_SYNC_ALL_WELL);
        browser.evaluate(
                "Object.defineProperty(document, 'hidden', { get: () => window.away === true }); window.away = true");
        int before = server.asked();
        Thread.sleep(11_000);
        assertThat(server.asked()).isEqualTo(before);
        browser.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))");
        await().atMost(3, SECONDS).until(() -> server.asked() > before);
        browser.evaluate("document.getElementById('pause').click()");
        Thread.sleep(1000);
        int paused = server.asked();
        Thread.sleep(11_000);
        assertThat(server.asked()).isEqualTo(paused);
        browser.evaluate("document.getElementById('pause').click()");
        await().atMost(3, SECONDS).until(() -> server.asked() > paused);
    }

    @Test
    void reloadsWithoutJavaScript() {
        browser.call("Emulation.setScriptExecutionDisabled", Chromium.node().put("value", true));
        try {
            open(PageState.IN_SYNC_ALL_WELL);
            int before = server.asked();
            await().atMost(30, SECONDS).until(() -> server.asked() > before);
        } finally {
            browser.call("Emulation.setScriptExecutionDisabled", Chromium.node().put("value", false));
        }
    }
}
