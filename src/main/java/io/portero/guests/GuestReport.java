package io.portero.guests;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What came of an order.
 *
 * @param guests those that were let in, or whose time was ended
 * @param failure why it was not done, as one sentence
 * @param remarks clauses about what stands in the way of it, or could not be done besides
 */
public record GuestReport(List<Guest> guests, Optional<String> failure, List<String> remarks) {
    public GuestReport {
        guests = List.copyOf(guests);
        remarks = List.copyOf(remarks);
    }

    public static GuestReport failed(String why) {
        return new GuestReport(List.of(), Optional.of(why), List.of());
    }

    public GuestReport with(Optional<String> remark) {
        return new GuestReport(
                guests,
                failure,
                Stream.concat(remarks.stream(), remark.stream()).toList());
    }
}
