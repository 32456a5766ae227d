package shop;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.SystemTime;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.worker.Pawl;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Pawl, on the data source of the application. Spring closes what it made, in reverse. */
@Configuration
class Jobs {
    @Bean
    PostgresStore store(
            DataSource source, @Value("${spring.datasource.hikari.maximum-pool-size}") int size) {
        return PostgresStore.on(source, size);
    }

    @Bean
    FileArtifacts artifacts(@Value("${shop.files}") Path folder) {
        return new FileArtifacts(folder, new SystemTime());
    }

    @Bean
    @DependsOnDatabaseInitialization
    Pawl pawl(PostgresStore store, FileArtifacts artifacts, Billing billing) {
        return Pawl.on(store, artifacts, new SecureRandom())
                .toolInTransaction(
                        "bill@1",
                        Billing.Bill.class,
                        billing::write,
                        ToolPolicy.defaults()
                                .withTimeout(Duration.ofSeconds(30))
                                .withAttempts(5)
                                .withBackoff(Duration.ofSeconds(1), Duration.ofMinutes(5)))
                .start();
    }
}
