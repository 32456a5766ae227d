package dev.pawl.e2e.planted.core;

final class Exits {
    void fault() {
        System.exit(1);
    }
}
