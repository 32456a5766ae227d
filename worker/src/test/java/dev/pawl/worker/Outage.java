package dev.pawl.worker;

import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A store that can go away, and remembers the names of the calls that got through. */
final class Outage {
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean away;

    /** The next call of this name is done, and its answer lost. */
    volatile String loseAnswerOf = "(none)";

    /** Happens while the next claim is under way. */
    volatile @Nullable Runnable meanwhile;

    /** An end with this output is a bug to the store. */
    volatile String refuse = "(none)";

    Store around(Store store) {
        return (Store)
                Proxy.newProxyInstance(
                        Outage.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (_, method, arguments) -> {
                            if (away && !method.getName().equals("now"))
                                throw new PawlException(
                                        ErrorCode.STORE_UNAVAILABLE, "the store is away");
                            if (method.getName().equals("end") && poisoned(arguments[0]))
                                throw new IllegalArgumentException(refuse);
                            calls.add(method.getName());
                            if (method.getName().equals("claim")) {
                                Runnable other = meanwhile;
                                meanwhile = null;
                                if (other != null) other.run();
                            }
                            try {
                                Object answer = method.invoke(store, arguments);
                                if (!method.getName().equals(loseAnswerOf)) return answer;
                                loseAnswerOf = "(none)";
                                throw new PawlException(
                                        ErrorCode.STORE_UNAVAILABLE, "the answer is lost");
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private boolean poisoned(Object ends) {
        return ((List<?>) ends).stream().anyMatch(e -> ((End) e).output().equals(refuse));
    }

    int count(String call) {
        return (int) calls.stream().filter(call::equals).count();
    }
}
