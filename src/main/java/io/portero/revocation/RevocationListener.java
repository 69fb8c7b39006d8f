package io.portero.revocation;

import io.portero.policy.Ip;
import java.util.List;
import java.util.Map;

/** Listens to what happens to flows whose peer has lost access. */
public interface RevocationListener {
    RevocationListener NOBODY = new RevocationListener() {
        @Override
        public void cut(List<Ip> cut, List<Ip> returned) {}

        @Override
        public void draining(Map<String, Integer> flows) {}
    };

    /**
     * @param cut the addresses whose flows are cut from now on
     * @param returned the addresses whose flows are no longer cut, because they are admitted again
     */
    void cut(List<Ip> cut, List<Ip> returned);

    /** @param flows the number of draining flows, by service */
    void draining(Map<String, Integer> flows);
}
