/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How vmlinux BTF comes to be there: kernel/bpf/btf_load.c and btf_pending.c as a
 * model, for spin.
 *
 *   needer   somebody who needs it             btf_vmlinux_need()
 *   asker    the work item that runs modprobe  ask()
 *   loader   vmlinux_btf being loaded, for modprobe or by hand, the right module or
 *            a wrong one                       payload_notify(), take_payload()
 *   module   another one that comes and goes   pending_notify(), btf_module_notify()
 *
 * Held: nobody is stuck; who needed it goes on, with BTF or with an error, also
 * without any time limit [answered]; nobody uses it before it is published; module
 * BTF is parsed on vmlinux BTF, exactly once, and is nowhere after its module went.
 *
 *   spin -run -safety -noclaim load.pml                the assertions, and deadlock
 *   spin -DPATIENT -run -a -f -DNFAIR=3 -m100000 -ltl answered load.pml   no wake-up is lost: who waits
 *                                   for as long as it takes does not wait for ever
 */
#define NEEDERS	2
#define MODULES	2	/* how often the module comes and goes */

bool taken, published;

/* struct request; its spinlock is d_step and atomic here */
bool running, failed;
byte nr_done;
chan work = [1] of { bit };

/* The module named vmlinux_btf for the loader of modules: one at a time. */
bool loading;

bool lazy_mutex;
#define lock()		atomic { !lazy_mutex -> lazy_mutex = true }
#define unlock()	lazy_mutex = false

/* Where the module's BTF is. */
mtype = { nowhere, pending, listed };
mtype where = nowhere;

byte nr_waiting;

proctype needer()
{
	byte round;

	nr_waiting++;
	if
	:: published -> goto use
	:: else
	fi;
	atomic {
		round = nr_done;
		if
		:: running
		:: !running && failed -> goto refused	/* within the pause */
		:: !running -> running = true; work ! 1
		fi
	}
	if
	:: published || nr_done != round
#ifndef PATIENT
	:: true -> goto refused	/* killed, or the time is over */
#endif
	fi;
	if
	:: published
	:: else -> goto refused
	fi;
use:
	assert(published && taken);
refused:
	nr_waiting--
}

/* Takes the BTF while vmlinux_btf is COMING. right: it is this kernel's. */
inline take(right)
{
	lock();
	if
	:: published || !right
	:: else ->
		taken = true;
		if
		:: where == pending -> where = listed
		:: else
		fi;
		published = true
	fi;
	unlock()
}

proctype loader()
{
	if
	:: take(true)
	:: take(false)
	fi;
	loading = false
}

/* modprobe, or a person: where it is being loaded already, that is all right. */
inline start_load()
{
	atomic {
		if
		:: loading
		:: !loading -> loading = true; run loader()
		fi
	}
}

proctype asker()
{
end:	do
	:: work ? 1 ->
		if
		:: start_load();
			/* modprobe waits for its own; of another's it says 0 at once */
			if
			:: !loading
			:: true
			fi
		:: true		/* there is no such module */
		fi;
		/* The time that a load may still take, or all of it. */
		if
		:: published
		:: true
		fi;
		d_step {
			running = false;
			nr_done++;
			failed = !published
		}
	od
}

proctype by_hand()
{
	start_load()
}

proctype module()
{
	byte n;
	bool eager;

	do
	:: n == MODULES -> break
	:: else ->
		n++;
		/* COMING */
		lock();
		eager = published || taken;
		if
		:: eager
		:: else -> assert(where == nowhere); where = pending
		fi;
		unlock();
		if
		:: eager -> assert(taken && where == nowhere); where = listed
		:: else
		fi;
		/* LIVE, and what it registers, change nothing of this. GOING */
		lock();
		if
		:: where == pending -> assert(!taken); where = nowhere
		:: else
		fi;
		unlock();
		if
		:: where == listed -> assert(taken); where = nowhere
		:: else
		fi;
		assert(where == nowhere)
	od
}

init {
	byte i;

	atomic {
		run asker();
		run module();
		run by_hand();
		for (i : 1 .. NEEDERS) {
			run needer()
		}
	}
}

ltl answered { [] (nr_waiting > 0 -> <> (nr_waiting == 0)) }
