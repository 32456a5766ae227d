package dev.pawl.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.pawl.app.config.LogSettings;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets Logback up in code: reading its XML would cost each start a tenth of a second. */
final class LogStart {
    /** Over the progress line, which is drawn again below. */
    private static final String CLEAR = "\r\033[K";

    private static final String TEXT =
            "%d{HH:mm:ss.SSS} %-5level %msg%replace( job=%X{job} attempt=%X{attempt} tool=%X{tool}"
                    + " correlation=%X{correlation_id}){' (job= attempt= tool= )?correlation=$',"
                    + " ''}%n%ex{0}";

    private LogStart() {}

    /**
     * Starts it.
     *
     * @param terminal whether {@code err} is one
     */
    static void start(LogSettings settings, boolean worker, boolean terminal, PrintStream err) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setEncoder(encoder(settings, context, terminal && !worker ? CLEAR : ""));
        appender.setOutputStream(new Unclosed(err));
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        // Its warnings are about keywords of schemas; tool files have their own messages.
        context.getLogger("com.networknt").setLevel(Level.ERROR);
        context.getLogger("dev.pawl").setLevel(level(settings.level(), worker));
        if (worker) bridge();
    }

    /** The HTTP server logs to java.util.logging; loading that takes a command too long. */
    private static void bridge() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    }

    /** Logback closes what it writes to when it is set up again; stderr isn't its own. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(PrintStream err) {
            super(err);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    private static Level level(LogSettings.Level level, boolean worker) {
        return switch (level) {
            case AUTO -> worker ? Level.INFO : Level.WARN;
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }

    private static Encoder<ILoggingEvent> encoder(
            LogSettings settings, LoggerContext context, String before) {
        boolean traces = settings.level() == LogSettings.Level.DEBUG;
        EncoderBase<ILoggingEvent> encoder =
                switch (settings.format()) {
                    case TEXT -> {
                        var text = new PatternLayoutEncoder();
                        text.setPattern(before + TEXT + (traces ? "%ex" : "%nopex"));
                        yield text;
                    }
                    case JSON -> {
                        var json = new JsonEncoder();
                        json.setWithContext(false);
                        json.setWithSequenceNumber(false);
                        json.setWithNanoseconds(false);
                        json.setWithFormattedMessage(true);
                        json.setWithMessage(false);
                        json.setWithArguments(false);
                        yield json;
                    }
                };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
