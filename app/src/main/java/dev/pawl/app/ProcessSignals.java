package dev.pawl.app;

import dev.pawl.app.cli.ExitCode;
import dev.pawl.app.cli.Outside.StopSignals;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Ctrl-C and SIGTERM of this process.
 *
 * <p>By reflection, against the rule: a shutdown hook sees only the first signal and can't keep the
 * program alive, and {@code sun.misc.Signal}, which can do both, is compiled with a warning that no
 * annotation silences.
 */
final class ProcessSignals implements StopSignals {
    private static final List<String> NAMES = List.of("INT", "TERM");

    @Override
    public Watch watch(IntConsumer onSignal) {
        try {
            return new Signals(onSignal);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // Another JVM, or one started with -Xrs: its own way of ending has to do.
            return () -> {};
        }
    }

    @Override
    public void exitNow(ExitCode code) {
        Runtime.getRuntime().halt(code.number());
    }

    private static final class Signals implements Watch {
        private final Class<?> signal = Class.forName("sun.misc.Signal");
        private final Class<?> handler = Class.forName("sun.misc.SignalHandler");
        private final List<Object> before = new ArrayList<>();

        Signals(IntConsumer onSignal) throws ReflectiveOperationException {
            var count = new AtomicInteger();
            Object ours =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (_, method, _) -> {
                                if (method.getName().equals("handle"))
                                    onSignal.accept(count.incrementAndGet());
                                return null;
                            });
            for (String name : NAMES) before.add(set(name, ours));
        }

        private Object set(String name, Object to) throws ReflectiveOperationException {
            Object number = signal.getConstructor(String.class).newInstance(name);
            return signal.getMethod("handle", signal, handler).invoke(null, number, to);
        }

        @Override
        public void close() {
            for (int i = 0; i < before.size(); i++) {
                try {
                    Object _ = set(NAMES.get(i), before.get(i));
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
