/**
 * The configured ports of telephony programs.
 *
 * <p>Input: the texts of configuration files and command lines. Output: ports and their purposes. Pure: an adapter
 * finds the files, on the host or in the file system of a container. This package knows nothing about policies.
 */
@NullMarked
package io.portero.telephony;

import org.jspecify.annotations.NullMarked;
