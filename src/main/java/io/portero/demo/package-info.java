/**
 * The product shown at work: a small Internet in namespaces, and real packets through it.
 *
 * <p>In comes nothing but the programs {@code ip}, {@code nft} and portero itself; out goes a {@link io.portero.demo.Lab},
 * which the demonstration and the integration tests share. Nothing outside of the namespaces made here is changed. This
 * package knows the agent from outside only: by its command line, its file, its port.
 */
@NullMarked
package io.portero.demo;

import org.jspecify.annotations.NullMarked;
