package dev.pawl.server;

import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;

/** The page that a person sees first. */
final class StartPage {
    private StartPage() {}

    static void show(Exchange exchange) throws IOException {
        try (InputStream page = StartPage.class.getResourceAsStream("start.html")) {
            if (page == null) throw new IllegalStateException("start.html is not in the jar");
            exchange.response().headers().set(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
            exchange.response().send(page.readAllBytes());
        }
    }
}
