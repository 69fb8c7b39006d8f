package io.portero.revocation;

import io.portero.policy.Ip;
import java.util.List;
import java.util.Map;

/** Is told what becomes of flows whose peer has lost access. */
public interface RevocationListener {
    RevocationListener NOBODY = new RevocationListener() {
        @Override
        public void cut(List<Ip> cut, List<Ip> returned) {}

        @Override
        public void draining(Map<String, Integer> flows) {}
    };

    /**
     * @param cut whose flows are cut from now on
     * @param returned whose flows are no longer cut, since they are admitted again
     */
    void cut(List<Ip> cut, List<Ip> returned);

    /** @param flows how many still run, by service */
    void draining(Map<String, Integer> flows);
}
