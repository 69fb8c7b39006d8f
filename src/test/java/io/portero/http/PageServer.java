package io.portero.http;

import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.Template;
import io.quarkus.qute.Variant;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves the page in one state as the agent does, with its files and its headers, and counts the requests. */
final class PageServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Template template;
    private final Router router = Router.router(vertx);
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server = vertx.createHttpServer();
    private int port;
    private final Map<PageState, String> rendered = new EnumMap<>(PageState.class);
    private volatile String page = "";

    PageServer() throws Exception {
        var engine = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .addResultMapper(new HtmlEscaper(List.of("text/html")))
                .build();
        template = engine.parse(
                Files.readString(Path.of("src/main/resources/templates/StatusPage.html")),
                Variant.forContentType("text/html"));
        for (var file : PageFile.values()) {
            router.get(file.path()).handler(file::send);
        }
        router.get("/").handler(context -> {
            asked.incrementAndGet();
            Routes.send(context.response(), page);
        });
        start();
    }

    void start() throws Exception {
        var options = new HttpServerOptions().setHost("127.0.0.1").setPort(port);
        server = vertx.createHttpServer(options)
                .requestHandler(new Entrance((HttpServerRequest request) -> router.handle(request)))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        port = server.actualPort();
    }

    void stop() throws Exception {
        server.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    void show(PageState next) {
        page = rendered.computeIfAbsent(
                next, state -> template.data("view", state.view()).render());
    }

    String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    /** The number of requests for the page itself. */
    int asked() {
        return asked.get();
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
