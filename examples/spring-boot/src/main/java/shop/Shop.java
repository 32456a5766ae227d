package shop;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The shop over HTTP. */
@RestController
class Shop {
    private final Purchases purchases;

    record Wish(String item, int quantity) {}

    Shop(Purchases purchases) {
        this.purchases = purchases;
    }

    @PostMapping("/purchases")
    @ResponseStatus(HttpStatus.CREATED)
    Purchases.Placed place(@RequestBody Wish wish) {
        return purchases.place(wish.item(), wish.quantity());
    }

    @GetMapping("/purchases/{id}")
    ResponseEntity<Purchases.Purchase> find(@PathVariable long id) {
        return ResponseEntity.of(purchases.find(id));
    }

    @ExceptionHandler(DataIntegrityViolationException.class)
    @ResponseStatus(HttpStatus.CONFLICT)
    String refused() {
        return "there is not enough of it";
    }
}
