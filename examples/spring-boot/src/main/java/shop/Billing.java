package shop;

import dev.pawl.core.Attempt;
import dev.pawl.worker.executor.JobFailure;
import dev.pawl.worker.executor.Transaction;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/** Writes bills: each together with the success of its job, so that there is one for each purchase. */
@Component
class Billing {
    record Bill(long purchase) {}

    Map<String, String> write(Bill bill, Attempt attempt, Transaction transaction)
            throws InterruptedException {
        // Slow things come first, as a call of a tax office; the transaction begins here.
        var jdbc =
                JdbcClient.create(new SingleConnectionDataSource(transaction.connection(), true));
        String text =
                jdbc.sql("SELECT quantity || ' x ' || item FROM purchase WHERE id = ?")
                        .param(bill.purchase())
                        .query(String.class)
                        .optional()
                        .orElseThrow(() -> JobFailure.user("no purchase " + bill.purchase()));
        jdbc.sql("INSERT INTO bill (purchase, attempt, text) VALUES (?, ?, ?)")
                .params(bill.purchase(), attempt.number(), text)
                .update();
        return Map.of("text", text);
    }
}
