package dev.pawl.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.9.9.9",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "::8.8.8.8",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::1",
                "100::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001::1",
                "2001:db8::1",
                "2002:a00:1::1",
                "3fff::1",
                "5f00::1"
            })
    void isPrivate(String address) throws Exception {
        assertThat(Addresses.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "11.0.0.1",
                "100.63.255.255",
                "100.128.0.1",
                "126.1.1.1",
                "128.0.0.1",
                "169.253.1.1",
                "172.15.1.1",
                "172.32.0.1",
                "192.0.1.1",
                "192.167.1.1",
                "198.17.1.1",
                "198.20.1.1",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2606:4700::1111",
                "2a00:1450::1",
                "2001:4860::8888"
            })
    void isPublic(String address) throws Exception {
        assertThat(Addresses.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void oneOfSeveralThatIsPrivateIsEnough() throws Exception {
        InetAddress[] both = {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("10.0.0.1")};

        assertThatThrownBy(() -> new Addresses(false, _ -> both).of("example.org"))
                .isInstanceOf(Addresses.PrivateAddress.class)
                .hasMessageContaining("10.0.0.1");
        assertThat(new Addresses(true, _ -> both).of("example.org")).isEqualTo(both);
    }
}
