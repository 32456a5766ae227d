package dev.pawl.server;

import io.helidon.http.Method;
import java.io.IOException;

/**
 * One route of a front.
 *
 * @param path as in OpenAPI: {@code {name}} takes a part of the path, {@code {+name}} slashes too
 */
public record FrontRoute(Method method, String path, String summary, Handler handler) {
    /** What answers; it may throw {@link Refused} and {@link dev.pawl.core.PawlException}. */
    public interface Handler {
        void handle(FrontExchange exchange) throws IOException, InterruptedException;
    }

    public static FrontRoute get(String path, String summary, Handler handler) {
        return new FrontRoute(Method.GET, path, summary, handler);
    }

    public static FrontRoute post(String path, String summary, Handler handler) {
        return new FrontRoute(Method.POST, path, summary, handler);
    }

    public static FrontRoute delete(String path, String summary, Handler handler) {
        return new FrontRoute(Method.DELETE, path, summary, handler);
    }
}
