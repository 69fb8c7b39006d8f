package io.portero.policy;

/** One line of what must hold: a packet and the verdict it must meet. */
public record PolicyTest(Ip from, Target to, Verdict expect) {}
