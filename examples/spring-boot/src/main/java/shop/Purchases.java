package shop;

import dev.pawl.core.JobId;
import dev.pawl.worker.Pawl;
import java.sql.Connection;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Sells things. A purchase and the job that bills it are stored together, or neither is. */
@Service
class Purchases {
    private final DataSource source;
    private final JdbcClient jdbc;
    private final Pawl pawl;

    record Placed(long id, String job) {}

    record Purchase(long id, String item, int quantity, Optional<String> bill) {}

    Purchases(DataSource source, JdbcClient jdbc, Pawl pawl) {
        this.source = source;
        this.jdbc = jdbc;
        this.pawl = pawl;
    }

    /** Throws when there is not enough in stock: then no job runs either. */
    @Transactional
    Placed place(String item, int quantity) {
        long id =
                jdbc.sql("INSERT INTO purchase (item, quantity) VALUES (?, ?) RETURNING id")
                        .params(item, quantity)
                        .query(Long.class)
                        .single();
        JobId job = submit(id);
        // The check of the table refuses it after the submit, to show that this takes the job along.
        jdbc.sql("UPDATE stock SET quantity = quantity - ? WHERE item = ?")
                .params(quantity, item)
                .update();
        return new Placed(id, job.toString());
    }

    private JobId submit(long purchase) {
        // The connection of this transaction, which Spring has bound to the thread.
        Connection connection = DataSourceUtils.getConnection(source);
        try {
            JobId job =
                    pawl.submit(
                            connection,
                            "bill@1",
                            new Billing.Bill(purchase),
                            wanted -> wanted.idempotencyKey("purchase-" + purchase));
            TransactionSynchronizationManager.registerSynchronization(
                    new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            pawl.wake();
                        }
                    });
            return job;
        } finally {
            DataSourceUtils.releaseConnection(connection, source);
        }
    }

    Optional<Purchase> find(long id) {
        return jdbc.sql(
                        """
                        SELECT p.id, p.item, p.quantity, b.text
                          FROM purchase p LEFT JOIN bill b ON b.purchase = p.id WHERE p.id = ?
                        """)
                .param(id)
                .query((row, _) ->
                        new Purchase(
                                row.getLong(1),
                                row.getString(2),
                                row.getInt(3),
                                Optional.ofNullable(row.getString(4))))
                .optional();
    }
}
