package dev.pawl.testkit;

import dev.pawl.core.ApiKeys;

final class MemoryKeysTest implements KeysContract {
    @Override
    public ApiKeys keys() {
        return new MemoryKeys(FakeTime.advancing());
    }
}
