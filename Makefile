# Each target finds the programs that it needs, installs them (as root, with apt), or prints the command that does.

SHELL := /bin/bash
MVN    = export JAVA_HOME="$$(scripts/need jdk)" && ./mvnw -B -ntp
RUN    = nft=nftables ip=iproute2
TEST   = $(RUN) conntrack=conntrack ping=iputils-ping pgrep=procps ssh=openssh-client sshd=openssh-server \
         sipp=sip-tester prometheus=prometheus promtool=prometheus fail2ban-server=fail2ban dnsmasq=dnsmasq-base nsd=nsd dhclient=isc-dhcp-client \
         keepalived=keepalived nats-server=nats-server curl=curl
# With its key, packages and trees of Debian are verified on Ubuntu too.
DEBIAN = /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring

.DEFAULT_GOAL := help
.PHONY: help build demo fleet-demo test page-test bench bench-native native native-test packages system-test kernel-test ansible-test soak fuzz mutation format clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

build: ## build target/portero, which runs on this machine's JDK 25
	@set -e; $(MVN) -q -Dquick -Dmaven.test.skip package
	@scripts/aot-cache
	@java_home="$$(scripts/need jdk)"; \
	  sed -e "s|@JAVA_HOME@|$$java_home|" -e "s|@HERE@|$(CURDIR)/target|g" scripts/launcher > target/portero; \
	  chmod +x target/portero

demo: ## see it protect a host, in throwaway network namespaces, in under a minute
	@scripts/need $(RUN)
	@$(MAKE) --no-print-directory build
	@target/portero demo

fleet-demo: ## see five hosts take one signed policy from a NATS cluster, and a canary halt a bad one, in 3 minutes; needs root
	@scripts/need $(RUN) conntrack=conntrack nats-server=nats-server ssh-keygen=openssh-client
	@[ -x target/portero ] || $(MAKE) --no-print-directory build
	@scripts/fleet-demo

test: ## run every test and check (NFT=PATH: with another nft)
	@scripts/need $(TEST)
	@$(if $(NFT),scripts/with-nft $(NFT) )$(SHELL) -c '$(MVN) verify'

page-test: ## look at the status page in Chromium, in every state, and let axe judge it; needs node's npm
	@scripts/need chromium=chromium npm=npm
	@npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefix target/axe axe-core@4.14.1
	@$(MVN) -q -Dquick verify -Dtest=StatusPageTest -Dit.test=PageIT
	@echo "Pictures of every state: target/status-page/*.png"

bench: ## measure it beside bare nft, in 17 minutes (BENCH_SHORT=1: in 4); needs root, python3, gcc
	@scripts/need $(RUN) conntrack=conntrack python3=python3 gcc=gcc
	@$(MAKE) --no-print-directory build
	@scripts/bench

bench-native: ## measure the native executable beside the JVM (after make native), in 6 minutes; needs root, python3
	@scripts/need $(RUN) conntrack=conntrack python3=python3
	@scripts/bench-native

packages: ## build the .deb and the .rpm around the native executable (after make native)
	@scripts/need help2man=help2man dpkg-deb=dpkg rpmbuild=rpm $(DEBIAN)
	@packaging/build
	@packaging/nft/build

.PHONY: repository repository-test sbom
repository: ## lay the packages out as a signed repository for apt (after make packages; REPOSITORY_KEY=ID)
	@scripts/need apt-ftparchive=apt-utils gpg=gnupg dpkg-deb=dpkg
	@scripts/repository

repository-test: ## have the apt of a Debian 12 install from that repository (after make repository); needs root
	@scripts/need debootstrap=debootstrap $(DEBIAN)
	@scripts/repository-test

sbom: ## write what Portero is made of, as CycloneDX, into target/portero.cdx.json
	@$(MVN) -q org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeBom -DoutputName=portero.cdx -DoutputFormat=json -DincludeTestScope=false
	@echo "Wrote target/portero.cdx.json"

.PHONY: plots
plots: ## draw docs/performance.json and write its tables (after make bench: scripts/plots --merge takes its figures first)
	@scripts/need python3=python3
	@scripts/plots

.PHONY: pictures
pictures: ## make the pictures of README from the running product; needs root, chromium, python3
	@scripts/need $(RUN) chromium=chromium curl=curl python3=python3
	@$(MAKE) --no-print-directory build
	@scripts/pictures

format: ## put the sources into the one format that the build accepts
	@$(MVN) -q spotless:apply

native: ## build target/portero as a native executable, with GraalVM or Mandrel 25 (NATIVE=container: needs neither)
	@scripts/native $(NATIVE)

native-test: ## run the tests that start the agent or a command against the native executable
	@scripts/need $(TEST)
	@scripts/native-test

system-test: ## boot Debian 12 and 13 with the package (after make native packages), in 5 minutes; needs root
	@scripts/need nft=nftables ip=iproute2 debootstrap=debootstrap systemd-nspawn=systemd-container ssh=openssh-client python3=python3 \
	  $(DEBIAN)
	@scripts/system-test

kernel-test: ## boot the kernels of Debian 12 and 13 in an emulator and run packets on them, in 15 minutes; needs root
	@scripts/need qemu-system-x86_64=qemu-system-x86 debootstrap=debootstrap python3=python3 $(DEBIAN)
	@$(MVN) -q -Dquick -DskipTests package
	@grep -qs ELF <(head -c4 target/portero 2> /dev/null) || $(MAKE) --no-print-directory build
	@$(MVN) -q dependency:build-classpath -Dmdep.outputFile=target/test-classpath
	@scripts/kernel-test

soak: ## an hour of edits, drift, bans, restarts and kills under traffic (SOAK_SECONDS=3600, SOAK_SEED=N); needs root
	@scripts/need $(TEST)
	@$(MAKE) --no-print-directory build
	@$(MVN) -q -Dquick test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath
	@scripts/soak $(or $(SOAK_SECONDS),3600) $(SOAK_SEED)

fuzz: ## give each reader of foreign text random input, for ten minutes in all (FUZZ_SECONDS=600)
	@$(MVN) -q -Dquick test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath
	@scripts/fuzz $(or $(FUZZ_SECONDS),600)

mutation: ## change the code of the core in small ways and count what no test notices (PACKAGE=policy: of one package)
	@$(MVN) -q -Dquick test-compile
	@scripts/mutation $(PACKAGE)

ansible-test: ## run the Ansible role against a booted Debian 12 (after make native packages), in 4 minutes; needs root
	@scripts/need nft=nftables ip=iproute2 debootstrap=debootstrap systemd-nspawn=systemd-container ssh=openssh-client \
	  python3=python3 ansible-playbook=ansible-core ansible-lint=ansible-lint nats-server=nats-server $(DEBIAN)
	@scripts/ansible-test

clean: ## remove what was built
	@rm -rf target
