#!/bin/sh
# perl.sh - Perl's Glib: timers, a pipe, a child, and an exception that leaves one.
. "$(dirname "$0")/lib.sh"
cat > program.pl <<'P'
use strict;
use warnings;
use Glib;
my $loop = Glib::MainLoop->new;
my @told;
pipe (my $read, my $write) or die;
Glib::Idle->add (sub { push @told, "idle"; 0 }, undef, -100);
Glib::Timeout->add (30, sub { push @told, "timeout"; syswrite $write, "byte"; 0 });
# Each starts the next, so that they come in order however busy the machine is.
Glib::IO->add_watch (fileno $read, "in", sub {
    sysread $read, my $text, 9;
    push @told, "pipe $text";
    Glib::Timeout->add (10, sub { die "thrown\n" });
    0;
});
my $ticks = 0;
Glib::Timeout->add (5, sub { ++$ticks < 20 });
Glib->install_exception_handler (sub {
    push @told, "exception " . ($_[0] =~ /(\w+)/)[0];
    my $child = fork;
    if (!$child) { exec "sh", "-c", "sleep 0.3; exit 3" }
    Glib::Child->watch_add ($child, sub { push @told, "child " . ($_[1] >> 8); $loop->quit });
    0;
});
Glib::Timeout->add_seconds (20, sub { push @told, "late"; $loop->quit; 0 });
$loop->run;
push @told, $ticks >= 5 && $ticks <= 20 ? "ticks" : "$ticks ticks";
my $context = Glib::MainContext->new;
push @told, $context->iteration (0) ? "something" : "nothing";
print join (", ", @told), "\n";
P
overlay perl program.pl > out
says 'idle, timers, pipe, exception and child come in order' out \
    'idle, timeout, pipe byte, exception thrown, child 3, ticks, nothing'
bindings
