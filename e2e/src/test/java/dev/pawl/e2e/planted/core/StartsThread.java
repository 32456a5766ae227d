package dev.pawl.e2e.planted.core;

final class StartsThread {
    void fault() {
        Thread.ofVirtual().start(() -> {});
    }
}
