package dev.pawl.server;

import io.helidon.http.Method;
import java.io.IOException;

/**
 * One route of a front.
 *
 * @param path as in OpenAPI: {@code {name}} takes a part of the path, {@code {+name}} slashes too
 * @param need what it wants of its caller: an admin of all tenants, unless it says otherwise
 */
public record FrontRoute(Method method, String path, String summary, Handler handler, Need need) {
    /** What answers; it may throw {@link Refused} and {@link dev.pawl.core.PawlException}. */
    public interface Handler {
        void handle(FrontExchange exchange) throws IOException, InterruptedException;
    }

    public static FrontRoute get(String path, String summary, Handler handler) {
        return new FrontRoute(Method.GET, path, summary, handler, Need.OPERATOR);
    }

    public static FrontRoute post(String path, String summary, Handler handler) {
        return new FrontRoute(Method.POST, path, summary, handler, Need.OPERATOR);
    }

    public static FrontRoute delete(String path, String summary, Handler handler) {
        return new FrontRoute(Method.DELETE, path, summary, handler, Need.OPERATOR);
    }

    public static FrontRoute put(String path, String summary, Handler handler) {
        return new FrontRoute(Method.PUT, path, summary, handler, Need.OPERATOR);
    }

    /** Another need; one that is not an admin's of all has to see to whose the jobs are. */
    public FrontRoute needs(Need other) {
        return new FrontRoute(method, path, summary, handler, other);
    }
}
