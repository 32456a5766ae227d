package dev.pawl.worker.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@Timeout(60)
final class CommandJournalTest {
    private static final Duration GRACE = Duration.ofMillis(500);

    @TempDir Path data;

    @Test
    void treesOfAKilledWorkerAreEndedAndTheirFoldersRemoved() throws Exception {
        ProcessId command;
        ProcessId daemon;
        try (var worker =
                worker(
                        """
                        setsid sh -c 'trap "" TERM; echo daemon $$; while :; do sleep 0.1; done' &
                        sleep 0.2; echo command $$; wait\
                        """)) {
            daemon = process(worker.await("daemon"));
            command = process(worker.await("command"));
            worker.process().destroyForcibly().waitFor();
        }
        assertThat(command.runs()).isTrue();

        int ended = new CommandJournal(data, Commands.TIME).endLeftovers(GRACE);

        assertThat(ended).isGreaterThanOrEqualTo(2);
        assertThat(command.runs()).isFalse();
        assertThat(daemon.runs()).isFalse();
        assertThat(data.resolve("attempts")).isEmptyDirectory();
        assertThat(data.resolve("commands")).isEmptyDirectory();
    }

    @Test
    void theJournalAloneFindsACommandWithoutItsEnvironment() throws Exception {
        ProcessId command;
        try (var worker =
                worker("exec env -i sh -c 'echo command $$; while :; do sleep 0.1; done'")) {
            command = process(worker.await("command"));
            worker.process().destroyForcibly().waitFor();
        }

        new CommandJournal(data, Commands.TIME).endLeftovers(GRACE);

        assertThat(command.runs()).isFalse();
    }

    @Test
    void theEnvironmentAloneFindsACommandWithoutItsEntry() throws Exception {
        ProcessId command;
        try (var worker = worker("echo command $$; while :; do sleep 0.1; done")) {
            command = process(worker.await("command"));
            worker.process().destroyForcibly().waitFor();
        }
        FileTree.delete(data.resolve("commands"));

        new CommandJournal(data, Commands.TIME).endLeftovers(GRACE);

        assertThat(command.runs()).isFalse();
    }

    @Test
    void commandsOfAWorkerThatRunsAreLeftAlone() throws Exception {
        try (var worker = worker("echo command $$; exec sleep 1000")) {
            ProcessId command = process(worker.await("command"));
            var mine =
                    new Commands.Running(new Commands(data).shell("echo pid $$; exec sleep 1000"));
            ProcessId own = process(mine.attempt.await("pid"));

            int ended = new CommandJournal(data, Commands.TIME).endLeftovers(GRACE);

            assertThat(ended).isZero();
            assertThat(command.runs()).isTrue();
            assertThat(own.runs()).isTrue();
            assertThat(data.resolve("attempts")).isNotEmptyDirectory();
            mine.interrupt();
            worker.process().destroyForcibly().waitFor();
            new CommandJournal(data, Commands.TIME).endLeftovers(GRACE);
            assertThat(command.runs()).isFalse();
        }
    }

    @Test
    void commandsOnAnotherDataFolderAreLeftAlone(@TempDir Path other) throws Exception {
        ProcessId command;
        try (var worker = worker("echo command $$; exec sleep 1000")) {
            command = process(worker.await("command"));
            worker.process().destroyForcibly().waitFor();
        }

        new CommandJournal(other, Commands.TIME).endLeftovers(GRACE);
        boolean runsOn = command.runs();
        new CommandJournal(data, Commands.TIME).endLeftovers(GRACE);

        assertThat(runsOn).isTrue();
        assertThat(command.runs()).isFalse();
    }

    @Test
    void aProcessThatGotTheNumberOfAnEndedCommandIsLeftAlone() throws Exception {
        var journal = new CommandJournal(data, Commands.TIME);
        Process bystander = new ProcessBuilder("sleep", "1000").start();
        try {
            var place = Workplace.here();
            var gone = new Owner(new ProcessId(ProcessId.self().pid(), 1), place);
            Files.write(
                    data.resolve("commands/left"),
                    List.of(gone.toString(), bystander.pid() + " 1"));

            int ended = journal.endLeftovers(GRACE);

            assertThat(ended).isZero();
            assertThat(bystander.isAlive()).isTrue();
            assertThat(data.resolve("commands")).isEmptyDirectory();
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void whatAnotherMachineRunsIsLeftAloneAndWhatABootEndedIsRemoved() throws Exception {
        var journal = new CommandJournal(data, Commands.TIME);
        Workplace here = Workplace.here();
        var there = new Workplace("elsewhere", here.boot(), here.pids());
        var before = new Workplace(here.host(), "an-earlier-boot", here.pids());
        var id = new ProcessId(1, 1);
        Files.createDirectories(data.resolve("attempts/before/work"));
        Files.write(data.resolve("commands/there"), List.of(new Owner(id, there).toString(), ""));
        Files.write(data.resolve("commands/before"), List.of(new Owner(id, before).toString(), ""));

        journal.endLeftovers(GRACE);

        assertThat(data.resolve("commands/there")).exists();
        assertThat(data.resolve("commands/before")).doesNotExist();
        assertThat(data.resolve("attempts")).isEmptyDirectory();
    }

    private ChildJvm worker(String script) throws Exception {
        return ChildJvm.start(List.of("-Xmx64m"), CommandMain.class, data.toString(), script);
    }

    private static ProcessId process(String pid) {
        return ProcessId.of(Long.parseLong(pid)).orElseThrow();
    }
}
