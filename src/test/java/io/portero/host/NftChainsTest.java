package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/**
 * Objects that many kernels do not support, in the form of libnftables-json(5); {@link ForeignTablesReadIT} reads the
 * others from a kernel.
 */
class NftChainsTest {
    private static NftChains read(String expression) throws JsonProcessingException {
        var chains = new NftChains();
        chains.add(new ObjectMapper().readTree("""
                {"nftables": [
                  {"table": {"family": "inet", "name": "router", "handle": 1}},
                  {"flowtable": {"family": "inet", "name": "fast", "table": "router", "handle": 2,
                    "hook": "ingress", "prio": 0, "dev": ["eth0", "eth1"]}},
                  {"chain": {"family": "inet", "table": "router", "name": "forward", "handle": 3,
                    "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
                  {"rule": {"family": "inet", "table": "router", "chain": "forward", "handle": 4, "expr": [%s]}}
                ]}
                """.formatted(expression)));
        return chains;
    }

    @Test
    void aFlowtableCountsOnceARuleUsesIt() throws JsonProcessingException {
        assertThat(read("{\"flow\": {\"op\": \"add\", \"flowtable\": \"@fast\"}}")
                        .flowtables())
                .containsExactly("inet router fast");
        assertThat(read("{\"accept\": null}").flowtables()).isEmpty();
    }
}
