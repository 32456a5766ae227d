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
import java.io.PrintStream;
import org.slf4j.LoggerFactory;

/** Sets Logback up in code: reading its XML would cost each start a tenth of a second. */
final class LogStart {
    private static final String TEXT =
            "%d{HH:mm:ss.SSS} %-5level %msg%replace( job=%X{job} attempt=%X{attempt} tool=%X{tool}"
                    + " correlation=%X{correlation_id}){' (job= attempt= tool= )?correlation=$',"
                    + " ''}%n%ex{0}";

    private LogStart() {}

    static void start(LogSettings settings, boolean worker, PrintStream err) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setEncoder(encoder(settings.format(), context));
        appender.setOutputStream(err);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.pawl").setLevel(level(settings.level(), worker));
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
            LogSettings.Format format, LoggerContext context) {
        EncoderBase<ILoggingEvent> encoder =
                switch (format) {
                    case TEXT -> {
                        var text = new PatternLayoutEncoder();
                        text.setPattern(TEXT);
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
