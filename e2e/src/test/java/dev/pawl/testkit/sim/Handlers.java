package dev.pawl.testkit.sim;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Token;
import dev.pawl.worker.Launcher;
import dev.pawl.worker.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The handlers of one process: each starts, says something and ends at steps of the world. */
final class Handlers implements Launcher {
    private static final List<ErrorClass> ERRORS =
            List.of(
                    ErrorClass.TRANSIENT,
                    ErrorClass.TRANSIENT,
                    ErrorClass.TRANSIENT,
                    ErrorClass.PERMANENT,
                    ErrorClass.USER,
                    ErrorClass.USER,
                    ErrorClass.CONFIGURATION,
                    ErrorClass.INFRASTRUCTURE,
                    ErrorClass.TIMEOUT);

    private final SimProcess process;
    private final World world;
    private final List<Handling> running = new ArrayList<>();

    Handlers(SimProcess process) {
        this.process = process;
        this.world = process.world;
    }

    @Override
    public Launch prepare(Run run) {
        return new Handling(run);
    }

    boolean idle() {
        return running.isEmpty();
    }

    /** One handler goes on by a step. */
    void step() {
        running.get(world.random.nextInt(running.size())).step();
    }

    /** Every handler ends: with a success, or because it was asked to stop. */
    void finishAll() {
        for (Handling handling : List.copyOf(running)) handling.finish();
    }

    private final class Handling implements Launch {
        private final Run run;
        private boolean begun;
        private boolean interrupted;

        Handling(Run run) {
            this.run = run;
        }

        @Override
        public void start() {
            running.add(this);
        }

        @Override
        public void interrupt() {
            interrupted = true;
        }

        void step() {
            RandomGenerator random = world.random;
            if (!begun) {
                begin();
                return;
            }
            int dice = random.nextInt(10);
            if (dice == 0) run.log(LogLine.Stream.STDOUT, "at " + random.nextInt(100));
            else if (dice == 1) run.progress(random.nextInt(100) / 100.0, "on it");
            else if (dice == 2)
                world.say(process, () -> "handler of " + Telling.token(token()) + " takes longer");
            else if (interrupted && dice < 9) end("stops", run::finishInterrupted);
            else end(outcome(random));
        }

        void finish() {
            if (!begun) begin();
            if (!running.contains(this)) return;
            if (interrupted) end("stops", run::finishInterrupted);
            else end(success());
        }

        private void begin() {
            begun = true;
            if (!run.begin()) end("is not called", run::finishInterrupted);
        }

        private void end(Outcome outcome) {
            if (outcome instanceof Outcome.Succeeded) world.judge.ledger.done.add(token());
            end("ends: " + outcome.getClass().getSimpleName(), () -> run.finish(outcome));
        }

        private void end(String how, Runnable finish) {
            world.say(process, () -> "handler of " + Telling.token(token()) + " " + how);
            running.remove(this);
            finish.run();
        }

        private Outcome outcome(RandomGenerator random) {
            int dice = random.nextInt(10);
            if (dice < 5) return success();
            if (dice == 5)
                return new Outcome.Snoozed(Duration.ofMillis(random.nextInt(5_000)), "not yet");
            ErrorClass kind = ERRORS.get(random.nextInt(ERRORS.size()));
            var error = new dev.pawl.core.JobError(kind, "no: " + run.job().state().attempt());
            return new Outcome.Failed(error, random.nextBoolean() ? List.of() : files("log.txt"));
        }

        private Outcome success() {
            String text = "\"%s %d\"".formatted(run.job().id(), token().attempt());
            boolean silent = world.random.nextInt(3) == 0;
            return new Outcome.Succeeded(text, silent ? List.of() : files("out.txt"));
        }

        private List<Artifact> files(String name) {
            String hash = "%064x".formatted(token().hashCode() & 0xFFFF_FFFFL);
            return List.of(new Artifact(name, 1, hash, "text/plain"));
        }

        private Token token() {
            return run.job().token();
        }
    }
}
