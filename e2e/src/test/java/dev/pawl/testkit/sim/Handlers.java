package dev.pawl.testkit.sim;

import dev.pawl.core.Artifact;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Token;
import dev.pawl.worker.Launcher;
import dev.pawl.worker.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /**
     * Every handler ends: with a success, or because it was asked to stop. One whose job is not its
     * own any more goes on until it is asked. Answers whether any ended.
     */
    boolean finishAll() {
        int before = running.size();
        for (Handling handling : List.copyOf(running)) handling.finish();
        return running.size() < before;
    }

    /** The jobs whose handlers are running. */
    Stream<JobId> jobs() {
        return running().map(ClaimedJob::id);
    }

    /** The jobs as they were handed to the handlers that are running. */
    Stream<ClaimedJob> running() {
        return running.stream().map(handling -> handling.run.job());
    }

    /** Those of every process, paused ones too. */
    private Stream<Handling> everywhere() {
        return world.seats.stream().map(seat -> seat.process).flatMap(Handlers::of);
    }

    private static Stream<Handling> of(@Nullable SimProcess process) {
        return process == null ? Stream.empty() : process.handlers.running.stream();
    }

    private final class Handling implements Launch {
        private final Run run;
        private boolean begun;
        private final boolean heedless = world.random.nextInt(6) == 0;
        private boolean called;
        private boolean interrupted;
        private long interruptedAt;

        Handling(Run run) {
            this.run = run;
        }

        @Override
        public void start() {
            running.add(this);
        }

        @Override
        public void interrupt() {
            if (!interrupted) interruptedAt = process.seat.time.nanos();
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
            else if (interrupted && heedless) goOn(random);
            else if (interrupted && dice < 9) end("stops", run::finishInterrupted);
            else end(outcome(random));
        }

        /** It doesn't heed the interrupt; at last it has done its work. */
        private void goOn(RandomGenerator random) {
            if (random.nextInt(8) == 0) end(success());
            else world.say(process, () -> "handler of " + Telling.token(token()) + " goes on");
        }

        void finish() {
            if (!begun) begin();
            if (!running.contains(this)) return;
            if (interrupted) end("stops", run::finishInterrupted);
            else if (Judge.holds(world.judge.picture(), token())) end(success());
        }

        private void begin() {
            begun = true;
            called = run.begin();
            if (!called) end("is not called", run::finishInterrupted);
            else everywhere().filter(this::besides).forEach(this::requireLeft);
        }

        private boolean besides(Handling other) {
            return other != this && other.called && other.token().job().equals(token().job());
        }

        /** The other one's job may be run again although it has not come back. */
        private void requireLeft(Handling other) {
            boolean lost = this.lost() || other.lost();
            boolean heedless =
                    other.interrupted
                            && other.owner().seat.time.nanos() - other.interruptedAt
                                    >= SimProcess.STOP_GRACE.toNanos()
                            && world.judge.ledger.ended.contains(other.token());
            if (lost || heedless) return;
            throw new Violation(
                    Invariant.HANDLERS_APART,
                    "handler of %s begins in %s beside that of %s in %s"
                            .formatted(
                                    Telling.token(token()),
                                    process,
                                    Telling.token(other.token()),
                                    other.owner()));
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

        private boolean lost() {
            return world.judge.ledger.lostLeases.contains(token().lease().value());
        }

        private SimProcess owner() {
            return process;
        }

        private Token token() {
            return run.job().token();
        }
    }
}
