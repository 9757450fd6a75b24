fn main(){ let a:Vec<String>=std::env::args().collect(); let t=std::time::Instant::now();
 let mut o=syscallset_profile::Options::default(); o.from=syscallset_profile::From::Entry; let mut e=vec![]; let mut i=2; while i<a.len(){ match a[i].as_str(){ "--main"=>o.from=syscallset_profile::From::Main,"--all"=>o.everything=true,"--root"=>{i+=1;o.root=Some(a[i].clone().into())},"--with"=>{i+=1;o.with.push(a[i].clone().into())} x=>e.push(x)}; i+=1;}
 let p=syscallset_profile::Profile::new(std::path::Path::new(&a[1]),&o).unwrap_or_else(|e|{println!("{e}");std::process::exit(1)});
 let c=p.calls(); println!("{} {:?} {}",c.len(),t.elapsed(),c.join(" ")); p.dump(); for x in &e{ println!("{x}:"); for l in p.explain(x){println!("   {l}")} } }
