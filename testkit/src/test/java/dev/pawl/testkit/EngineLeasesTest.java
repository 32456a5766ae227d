package dev.pawl.testkit;

import dev.pawl.core.Artifact;
import dev.pawl.core.Engine;
import dev.pawl.core.Leases;
import dev.pawl.core.SystemTime;
import java.util.Random;

final class EngineLeasesTest implements LeasesContract {
    @Override
    public Subject open() {
        var time = new SystemTime();
        var store = new MemoryStore(time);
        var engine = new Engine(store, new NoArtifacts(), time, new Random(1));
        return new Subject() {
            @Override
            public Leases leases() {
                return engine;
            }

            @Override
            public Engine engine() {
                return engine;
            }

            @Override
            public Artifact keep(String name, String content) {
                return new Artifact(name, content.length(), "0".repeat(64), "text/plain");
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }
}
