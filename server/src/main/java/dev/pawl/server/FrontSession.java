package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.Event;
import dev.pawl.core.JobId;
import io.helidon.websocket.WsCloseCodes;
import io.helidon.websocket.WsSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation with one client of a front over a WebSocket. A client that doesn't take what it is
 * told, or that neither speaks nor follows anything, is hung up on after {@link
 * ServerOptions#idle}. Thread-safe.
 */
public final class FrontSession {
    private static final Logger log = LoggerFactory.getLogger(FrontSession.class);

    /** Each has a thread. */
    private static final int FOLLOWED_MAX = 100;

    private final Site site;
    private final EventTail tail;
    private final Patience patience;
    private final WsSession socket;
    private final Caller caller;

    /** That of the connection, which reads. */
    private final Thread reader = Thread.currentThread();

    /** One says something at a time. */
    private final ReentrantLock saying = new ReentrantLock();

    // Guarded by lock, which is held over no I/O.
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<JobId, Thread> following = new HashMap<>();
    private boolean over;

    /** Whether what the client said is being looked at. */
    private boolean hearing;

    /** Who says something that the client has to take. */
    private @Nullable Thread teller;

    /** The client has gone. */
    public static final class Gone extends Exception {
        private static final long serialVersionUID = 1;

        Gone(Throwable cause) {
            super("the client has gone", cause, false, false);
        }
    }

    /** Who follows a job for a client. */
    public interface Follower {
        /**
         * Looks at the job: at once, after each of its changes, and after each beat without one.
         * Changes that come together are one.
         *
         * @param changed whether it may have changed since it was looked at last
         * @return whether to go on
         */
        boolean look(boolean changed) throws Gone;
    }

    /** To be made by the connection's thread. */
    FrontSession(Listener.Shared shared, WsSession socket, Caller caller) {
        this.site = shared.site();
        this.tail = shared.tail();
        this.patience = shared.patience();
        this.socket = socket;
        this.caller = caller;
        patience.talks(reader);
        patience.waits(reader);
    }

    /** Who asked when the conversation began. */
    public Caller caller() {
        return caller;
    }

    public Site site() {
        return site;
    }

    /** Hands on what the client said. */
    void hear(FrontSocket.Talk talk, String text) {
        hearing(true);
        try {
            talk.heard(text);
        } catch (Gone gone) {
            end();
        } catch (RuntimeException e) {
            log.error("a conversation hit a bug", e);
            hangUp("a bug; the server's log says more");
        }
        hearing(false);
    }

    private void hearing(boolean begins) {
        lock.lock();
        try {
            hearing = begins;
            turn();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells the client. Blocks until its machine has taken it.
     *
     * @throws Gone when it has gone, or was hung up on
     */
    public void say(String text) throws Gone {
        try {
            // Whoever is in the way may stand still for as long as the client does.
            saying.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Gone(e);
        }
        try {
            begin();
            socket.send(text, true);
        } catch (RuntimeException e) {
            // The web server's ways to say it.
            end();
            throw new Gone(e);
        } finally {
            ended();
            saying.unlock();
        }
    }

    private void begin() throws Gone {
        lock.lock();
        try {
            // In the middle of it, an interrupt would close the connection.
            if (Thread.currentThread().isInterrupted()) throw new Gone(new InterruptedException());
            teller = Thread.currentThread();
            patience.waits(reader);
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            teller = null;
            turn();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Follows a job for the client, on a thread of its own, until the follower or the conversation
     * ends. A job that is followed already is followed anew.
     *
     * @param beat how long a look is from the last at most
     * @throws Refused when too much is followed
     */
    public void follow(JobId job, Duration beat, Follower follower) {
        lock.lock();
        try {
            if (over) return;
            Thread before = following.remove(job);
            // Who is saying something ends after it.
            if (before != null && !before.equals(teller)) before.interrupt();
            if (following.size() >= FOLLOWED_MAX)
                throw new Refused(
                        Problem.of(
                                429,
                                "too_many_followed",
                                "Too much is followed",
                                "one conversation follows at most %d jobs"
                                        .formatted(FOLLOWED_MAX)));
            EventTail.Ear ear = tail.listen(job);
            Thread thread =
                    Thread.ofVirtual()
                            .name("follow-" + job)
                            .unstarted(() -> follow(job, ear, beat, follower));
            following.put(job, thread);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    private void follow(JobId job, EventTail.Ear ear, Duration beat, Follower follower) {
        try (ear) {
            long gap = ear.gap();
            boolean more = follower.look(true);
            while (more && isFollowed(job) && !tail.closed()) {
                Event event = ear.poll(beat);
                boolean changed = event != null || gap != ear.gap();
                while (event != null) event = ear.poll(Duration.ZERO);
                gap = ear.gap();
                more = follower.look(changed);
            }
        } catch (Gone | InterruptedException e) {
            // Nobody is left to be told.
        } catch (RuntimeException e) {
            // Who was told to end in the middle of a look may say it so.
            if (!isFollowed(job)) return;
            log.warn("a job is followed no longer: {}", e.getMessage());
            hangUp("a job can't be followed now; the server's log says more");
        } finally {
            followedNoLonger(job);
        }
    }

    /** By this thread, not by one that came after it. */
    private boolean isFollowed(JobId job) {
        lock.lock();
        try {
            return !over && Thread.currentThread().equals(following.get(job));
        } finally {
            lock.unlock();
        }
    }

    private void followedNoLonger(JobId job) {
        lock.lock();
        try {
            following.remove(job, Thread.currentThread());
            turn();
        } finally {
            lock.unlock();
        }
    }

    /**
     * It is the client's turn, unless it is heard or waits for this side; when all is over, it is
     * its turn to go. While it is told something, nothing makes up for what it doesn't take.
     */
    private void turn() {
        if (teller != null) return;
        if (hearing || (!over && !following.isEmpty())) patience.goesOn(reader);
        else patience.waits(reader);
    }

    /** Tells the client to go, and to come again. Waits for whoever says something now. */
    private void hangUp(String reason) {
        end();
        saying.lock();
        try {
            socket.close(WsCloseCodes.UNEXPECTED_CONDITION, reason);
        } catch (RuntimeException e) {
            log.debug("a socket is closed already", e);
        } finally {
            saying.unlock();
        }
    }

    /** Nothing is followed any more. */
    void end() {
        lock.lock();
        try {
            over = true;
            for (Thread each : following.values())
                if (!each.equals(Thread.currentThread())) each.interrupt();
            turn();
        } finally {
            lock.unlock();
        }
    }
}
