package dev.pawl.worker.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class OutputReaderTest {
    private final PipedOutputStream pipe = new PipedOutputStream();
    private final CollectingSink sink = new CollectingSink();

    @Test
    void aPipeThatAStrangerHoldsOpenIsGivenUp() throws Exception {
        OutputReader reader = OutputReader.start("test", new PipedInputStream(pipe), sink);
        pipe.write(new byte[3]);
        pipe.flush();
        sink.accepted.await();

        assertThat(reader.awaitEnd()).isFalse();
        assertThat(sink.bytes.get()).isEqualTo(3);
    }

    @Test
    void aClosedPipeIsReadToItsEnd() throws Exception {
        OutputReader reader = OutputReader.start("test", new PipedInputStream(pipe), sink);
        pipe.write(new byte[3]);
        pipe.close();

        assertThat(reader.awaitEnd()).isTrue();
        assertThat(sink.bytes.get()).isEqualTo(3);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void aSinkThatBreaksDoesNotHoldTheProcess() throws Exception {
        sink.broken = true;
        OutputReader reader = OutputReader.start("test", new PipedInputStream(pipe, 10), sink);
        pipe.write(new byte[1_000]);
        pipe.close();

        assertThat(reader.awaitEnd()).isTrue();
        assertThat(reader.failure()).isPresent();
    }

    private static final class CollectingSink implements OutputReader.Sink {
        final CountDownLatch accepted = new CountDownLatch(1);
        volatile boolean broken;
        private final AtomicLong bytes = new AtomicLong();
        volatile boolean closed;

        @Override
        public void accept(byte[] read, int count) throws IOException {
            if (broken) throw new IOException("No space left on device");
            bytes.addAndGet(count);
            accepted.countDown();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
